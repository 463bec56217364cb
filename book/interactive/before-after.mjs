// Before and after: one old photo, in black and white and as the network colourizes it. Welcome page.
import { compare, make, openStage, readData } from "./common.mjs";

const { pictures: [before, after] } = readData("before-after");
const photo = (src) => make("img", { src, alt: "", draggable: false });
openStage("before-after").append(compare(photo(before), photo(after), "How much of the photo is in black and white"));

// The network, run on the processor by ONNX Runtime.
import * as ort from "../../vendor/onnxruntime/ort.wasm.bundle.min.mjs";
import { fetched, manifest } from "./files.mjs";

/** Load the network; `say` is told how many bytes of how many are there. */
export async function loadNetwork(say) {
  const { size, bins, files } = await manifest();
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let there = 0;
  const [runtime, ...graphs] = await Promise.all(files.map(async (file) => {
    const bytes = await fetched(file);
    say((there += file.bytes), total);
    return bytes;
  }));
  ort.env.wasm.wasmBinary = runtime;
  ort.env.wasm.numThreads = 1; // more would need headers that many hosts cannot send
  const [eyes, decoder] = await Promise.all(
    graphs.map((graph) => ort.InferenceSession.create(graph, { executionProviders: ["wasm"] })));
  return {
    size,
    bins,
    /** What the extractor makes of a photo's lightness: once a photo, for it takes longest. */
    look: ({ data, width, height }) => run(eyes, { lightness: new ort.Tensor("float32", data, [1, height, width, 1]) }),
    /** Colours by decoding, and how likely each bin is, of what was seen and of hints in its size. */
    async paint(seen, hints) {
      const told = { ...seen, hints: new ort.Tensor("float32", hints, [...seen.lightness.dims.slice(0, 3), 3]) };
      const known = await run(decoder, told);
      return Object.fromEntries(decoder.outputNames.map((name) => {
        const { data, dims: [, height, width] } = known[name];
        return [name, { data, width, height }];
      }));
    },
  };
}

/** What is known, and what a file answers to it. */
async function run(session, known) {
  const told = Object.fromEntries(session.inputNames.map((name) => [name, known[name]]));
  return { ...known, ...(await session.run(told)) };
}

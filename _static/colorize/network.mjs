// The network, run on the processor by ONNX Runtime.
import * as ort from "../../vendor/onnxruntime/ort.wasm.bundle.min.mjs";
import { fetched, manifest } from "./files.mjs";

/** Load the network; `say` is told how many bytes of how many are there. */
export async function loadNetwork(say) {
  const { size, files } = await manifest();
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let there = 0;
  const [runtime, ...graphs] = await Promise.all(files.map(async (file) => {
    const bytes = await fetched(file);
    say((there += file.bytes), total);
    return bytes;
  }));
  ort.env.wasm.wasmBinary = runtime;
  ort.env.wasm.numThreads = 1; // more would need headers that many hosts cannot send
  const sessions = [];
  for (const graph of graphs) sessions.push(await ort.InferenceSession.create(graph, { executionProviders: ["wasm"] }));
  return { size, run: (lightness) => run(sessions, lightness) };
}

/** Run the files one after the other; what one answers the next may be told. Returns ab by decoding. */
async function run(sessions, { data, width, height }) {
  const known = { lightness: new ort.Tensor("float32", data, [1, height, width, 1]) };
  for (const session of sessions) {
    const told = Object.fromEntries(session.inputNames.map((name) => [name, known[name]]));
    Object.assign(known, await session.run(told));
  }
  return Object.fromEntries(sessions.at(-1).outputNames.map((name) => {
    const { data, dims: [, height, width] } = known[name];
    return [name, { data, width, height }];
  }));
}

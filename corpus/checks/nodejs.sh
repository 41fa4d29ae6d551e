# A loop hot enough for the just-in-time compiler, hashing, a promise chain, a worker thread, JSON, a BigInt.
node -e '
const { createHash } = require("node:crypto");
const { Worker } = require("node:worker_threads");
function step(n) { let x = n >>> 0; for (let i = 0; i < 3e6; i += 1) x = (Math.imul(x, 1664525) + 1013904223) >>> 0; return x; }
const digest = createHash("sha256").update(JSON.stringify({ a: [1, 2, 3] })).digest("hex").slice(0, 16);
const worker = new Worker("const { parentPort } = require(\"node:worker_threads\"); parentPort.postMessage(6 * 7)", { eval: true });
worker.once("message", async (answer) => {
  const sum = await [1, 2, 3].reduce(async (all, n) => (await all) + n, Promise.resolve(0));
  console.log(step(1), digest, answer, sum, String(2n ** 70n));
});
'

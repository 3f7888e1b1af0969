// A model in Node, or in Deno, where it takes WebGPU when the model was exported for it:
//   node examples/web/node.mjs FOLDER
//   deno run -A examples/web/node.mjs FOLDER
// FOLDER is what `tessera export MODEL --input NAME=SHAPE --output FOLDER` wrote.
import { resolve } from 'node:path'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'

const folder = pathToFileURL(resolve(argv[2] ?? 'site') + '/')
const { Model } = await import(new URL('tessera.js', folder).href)
const model = await Model.load(folder)
const inputs = Object.fromEntries(model.inputs.map(i => [i.name, Array.from({ length: i.shape.reduce((a, b) => a * b, 1) }, () => 1)]))
const begin = performance.now()
const outputs = await model.run(inputs)
console.log(`${model.name} on ${model.target}: ${(performance.now() - begin).toFixed(1)} ms`)
for (const { target, reason } of model.refused) console.log(`not on ${target}: ${reason}`)
for (const [name, { type, shape, data }] of Object.entries(outputs)) console.log(name, type, shape, data.slice(0, 5))
model.dispose()

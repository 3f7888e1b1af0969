// A model in a worker, so that the page never waits: new Worker('worker.js', { type: 'module' }), then post inputs by name and hear outputs by name.
import { Model } from './site/tessera.js'

const model = Model.load('./site/')
onmessage = async ({ data: { id, inputs } }) => {
  try {
    const outputs = await (await model).run(inputs)
    postMessage({ id, outputs }, Object.values(outputs).map(t => t.data.buffer))
  } catch (e) {
    postMessage({ id, error: e.message })
  }
}

import { Model, type Elements, type Spec, type Tensor } from './index.js'
import { pixelsOf, takesPicture } from './page/picture.js'

/** The page of an exported model: a form with a field per input, a button, a table per output. Results are also in `outputs`, for the console. */
declare global {
  var outputs: Record<string, Tensor> | undefined
}

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const status = element('status'), progress = element<HTMLProgressElement>('progress'), form = element<HTMLFormElement>('form')

function create<K extends keyof HTMLElementTagNameMap>(tag: K, text = '', className = ''): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag)
  e.textContent = text
  e.className = className
  return e
}

const elementsOf = (s: Spec) => s.shape.reduce((n, e) => n * e, 1)

/** A field for one input; what it returns reads the field. */
function field(spec: Spec): () => Elements | number[] {
  const set = create('fieldset')
  set.append(create('legend', `${spec.name}: ${spec.type}[${spec.shape.join(', ')}]`))
  const text = create('textarea')
  text.name = spec.name
  text.ariaLabel = spec.name
  let picture: Elements | undefined
  if (takesPicture(spec)) {
    const drop = create('div', 'Drop a picture here, or choose one: ', 'drop')
    const file = create('input')
    file.type = 'file'
    file.accept = 'image/*'
    const show = async (f: File | undefined) => {
      if (f === undefined) return
      picture = await pixelsOf(f, spec)
      text.value = ''
      text.placeholder = f.name
    }
    file.onchange = () => void show(file.files?.[0])
    drop.ondragover = e => e.preventDefault()
    drop.ondrop = e => {
      e.preventDefault()
      void show(e.dataTransfer?.files[0])
    }
    drop.append(file)
    set.append(drop)
  }
  const random = create('button', 'Random', 'quiet')
  random.type = 'button'
  random.onclick = () => {
    picture = undefined
    text.value = Array.from({ length: elementsOf(spec) }, () => (spec.type.startsWith('Float') ? Math.random().toFixed(4) : Math.round(Math.random()))).join(' ')
  }
  text.placeholder = `${elementsOf(spec)} numbers, row by row`
  set.append(text, random)
  form.append(set)
  return () => {
    if (text.value.trim() === '' && picture !== undefined) return picture
    const numbers = text.value.split(/[\s,;[\]]+/).filter(s => s !== '').map(Number)
    if (numbers.some(Number.isNaN)) throw new Error(`'${spec.name}' holds something that is no number`)
    return numbers
  }
}

function table(name: string, t: Tensor): HTMLElement {
  const section = create('section')
  section.append(create('h2', name), create('p', `${t.type}[${t.shape.join(', ')}]`, 'note'))
  const values = Array.from(t.data as ArrayLike<number | bigint>, Number)
  const last = t.shape.at(-1) ?? 1
  const ranked = values.length === last && last > 5
  const shown = ranked ? values.map((v, i) => [i, v] as const).sort((a, b) => b[1] - a[1]).slice(0, 5) : values.slice(0, 8).map((v, i) => [i, v] as const)
  const rows = create('table')
  for (const [i, v] of shown) {
    const row = rows.insertRow()
    row.append(create('td', String(i)), create('td', v.toPrecision(6)))
  }
  section.append(create('p', ranked ? 'The five largest, by index' : `The first ${shown.length} of ${values.length}`, 'note'), rows)
  return section
}

function fail(e: unknown): void {
  element('results').replaceChildren(create('p', e instanceof Error ? e.message : String(e), 'error'))
}

async function begin(): Promise<void> {
  const target = new URLSearchParams(location.search).get('target')
  const model = await Model.load('./', {
    ...(target === 'wasm' || target === 'webgpu' ? { target } : {}),
    onProgress: f => { progress.value = f },
  })
  document.title = element('name').textContent = model.name
  progress.hidden = true
  status.textContent = `Runs on ${model.target === 'wasm' ? 'WebAssembly' : 'WebGPU'}${model.refused.map(r => `; not on ${r.target}: ${r.reason}`).join('')}`
  const fields = model.inputs.map(i => [i.name, field(i)] as const)
  const run = create('button', 'Run')
  form.append(run)
  form.hidden = false
  form.onsubmit = async e => {
    e.preventDefault()
    run.disabled = true
    try {
      const inputs = Object.fromEntries(fields.map(([name, read]) => [name, read()]))
      const start = performance.now()
      const outputs = await model.run(inputs)
      status.textContent = `Took ${(performance.now() - start).toFixed(1)} ms on ${model.target}`
      globalThis.outputs = outputs
      element('results').replaceChildren(...Object.entries(outputs).map(([name, t]) => table(name, t)))
    } catch (error) {
      fail(error)
    }
    run.disabled = false
  }
}

begin().catch((e: unknown) => {
  progress.hidden = true
  fail(e)
})

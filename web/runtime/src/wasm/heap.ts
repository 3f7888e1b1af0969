import { TesseraError } from '../errors.js'

const page = 65536
const alignment = 64

interface Block {
  at: number
  bytes: number
}

/** Blocks of one WebAssembly memory, at multiples of 64. The memory grows as needed; what was freed is used again. */
export class Heap {
  readonly memory: WebAssembly.Memory
  readonly maximumPages: number
  #free: Block[] = []
  #end = alignment
  #used = 0

  constructor(shared: boolean) {
    ;[this.memory, this.maximumPages] = reserve(shared)
  }

  get used(): number {
    return this.#used
  }

  /** All of the memory as it is now; valid until the next allocation. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer)
  }

  allocate(bytes: number, what: string): number {
    const size = rounded(bytes)
    this.#used += size
    const i = this.#free.findIndex(b => b.bytes >= size)
    const hole = this.#free[i]
    if (hole !== undefined) {
      const at = hole.at
      if (hole.bytes === size) this.#free.splice(i, 1)
      else {
        hole.at += size
        hole.bytes -= size
      }
      return at
    }
    const at = this.#end
    // Vectors may be read beyond the last element of the last block.
    const pages = Math.ceil((at + size + alignment) / page)
    const present = this.memory.buffer.byteLength / page
    if (pages > present) this.#grow(pages - present, size, what)
    this.#end = at + size
    return at
  }

  free(at: number, bytes: number): void {
    const size = rounded(bytes)
    this.#used -= size
    const i = this.#free.findIndex(b => b.at > at)
    this.#free.splice(i < 0 ? this.#free.length : i, 0, { at, bytes: size })
    const joined: Block[] = []
    for (const b of this.#free) {
      const last = joined.at(-1)
      if (last !== undefined && last.at + last.bytes === b.at) last.bytes += b.bytes
      else joined.push({ ...b })
    }
    const tail = joined.at(-1)
    if (tail !== undefined && tail.at + tail.bytes === this.#end) {
      this.#end = tail.at
      joined.pop()
    }
    this.#free = joined
  }

  #grow(pages: number, size: number, what: string): void {
    try {
      this.memory.grow(pages)
    } catch (e) {
      this.#used -= size
      throw new TesseraError('OutOfMemory',
        `${what} needs ${size} bytes; ${this.#used} are in use, and a WebAssembly memory here holds at most ${this.maximumPages * page} bytes. Dispose models that are no longer used, or use smaller inputs.`, { cause: e })
    }
  }
}

function rounded(bytes: number): number {
  return Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
}

/** As much address space as the host gives. */
function reserve(shared: boolean): [WebAssembly.Memory, number] {
  for (let maximum = 65536; ; maximum /= 2) {
    try {
      return [new WebAssembly.Memory({ initial: 1, maximum, shared }), maximum]
    } catch (e) {
      if (maximum <= 1024) throw new TesseraError('OutOfMemory', `No WebAssembly memory of ${maximum * page} bytes can be reserved here.`, { cause: e })
    }
  }
}

/** Frames of the worker protocol; see docs/worker-protocol.md. */
export const protocolVersion = 1

/** What a frame is. An answer has the kind and the number of its request. */
export const Kind = { error: 0, load: 1, run: 2, drop: 3, profile: 4, constant: 5, cancel: 6, hello: 7, time: 8 } as const

export interface Frame {
  readonly kind: number
  readonly id: number
  readonly payload: Uint8Array<ArrayBuffer>
}

const head = 12

export function encode(kind: number, id: number, parts: readonly Uint8Array[] = []): Uint8Array<ArrayBuffer> {
  const bytes = parts.reduce((n, p) => n + p.byteLength, 0)
  const frame = new Uint8Array(head + bytes)
  const view = new DataView(frame.buffer)
  view.setUint32(0, bytes + 8, true)
  view.setUint32(4, kind, true)
  view.setUint32(8, id, true)
  let at = head
  for (const p of parts) {
    frame.set(p, at)
    at += p.byteLength
  }
  return frame
}

/** Cuts a stream of bytes into frames. Bytes are copied once, into the frame that they belong to. */
export class FrameReader {
  #head = new Uint8Array(head)
  #frame: Uint8Array<ArrayBuffer> | undefined
  #filled = 0;

  /** The frames that end in this chunk. */
  *take(chunk: Uint8Array): Generator<Frame> {
    let at = 0
    while (at < chunk.byteLength || (this.#frame !== undefined && this.#filled === this.#frame.byteLength)) {
      const into = this.#frame ?? this.#head
      const n = Math.min(into.byteLength - this.#filled, chunk.byteLength - at)
      into.set(chunk.subarray(at, at + n), this.#filled)
      this.#filled += n
      at += n
      if (this.#filled < into.byteLength) return
      this.#filled = 0
      const view = new DataView(this.#head.buffer)
      if (this.#frame === undefined) {
        const bytes = view.getUint32(0, true)
        if (bytes < 8) throw new Error(`a frame of ${bytes} bytes; the shortest has 8`)
        this.#frame = new Uint8Array(bytes - 8)
        if (this.#frame.byteLength > 0) continue
      }
      const payload = this.#frame
      this.#frame = undefined
      yield { kind: view.getUint32(4, true), id: view.getUint32(8, true), payload }
    }
  }
}

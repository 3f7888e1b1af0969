import { malformed } from './fields.js'

/** Reads the header of a program: numbers are unsigned LEB128, a text is its length and UTF-8, a list is its length and its items. */
export class Header {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** A whole number from 0 to 2⁵³ − 1. */
  natural(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 56; scale *= 128) {
      const byte = this.bytes(1)[0] as number
      value += (byte & 0x7f) * scale
      if (byte >= 0x80) continue
      if (!Number.isSafeInteger(value)) throw malformed('its header has a number above 2⁵³')
      return value
    }
    throw malformed('its header has a number without an end')
  }

  bytes(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw malformed('its header ends in the middle')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  text(): string {
    const bytes = this.bytes(this.natural())
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      throw malformed('its header has a text that is no UTF-8')
    }
  }

  list<T>(read: () => T): T[] {
    const count = this.natural()
    // An item has a byte at least.
    if (count > this.#bytes.length - this.#at) throw malformed('its header has a list that is longer than itself')
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(read())
    return items
  }
}

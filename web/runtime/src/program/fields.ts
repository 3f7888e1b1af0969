import { TesseraError } from '../errors.js'

export function malformed(why: string): TesseraError {
  return new TesseraError('MalformedModel', `This is no program that can be run: ${why}.`)
}

/** A JSON object whose fields are read with their types checked. */
export class Fields {
  readonly #object: Record<string, unknown>
  readonly #where: string

  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(`${where} is no object`)
    this.#object = value as Record<string, unknown>
    this.#where = where
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name) && this.#object[name] !== null
  }

  text(name: string): string {
    const v = this.#object[name]
    if (typeof v !== 'string') throw malformed(`'${name}' of ${this.#where} is no text`)
    return v
  }

  /** A whole number from 0 to 2⁵³ − 1. */
  natural(name: string): number {
    return natural(this.#object[name], `'${name}' of ${this.#where}`)
  }

  object(name: string): Fields {
    return new Fields(this.#object[name], `'${name}' of ${this.#where}`)
  }

  list(name: string): readonly unknown[] {
    const v = this.#object[name]
    if (!Array.isArray(v)) throw malformed(`'${name}' of ${this.#where} is no list`)
    return v
  }

  naturals(name: string): number[] {
    return this.list(name).map((v, i) => natural(v, `'${name}' ${i} of ${this.#where}`))
  }
}

function natural(v: unknown, where: string): number {
  if (typeof v !== 'number' || !Number.isSafeInteger(v) || v < 0) throw malformed(`${where} is no whole number from 0`)
  return v
}

/** What went wrong, for programs to switch on. The names are those of Tessera's .NET library. */
export type ErrorCode =
  | 'MalformedModel'
  | 'Unsupported'
  | 'ShapeMismatch'
  | 'TypeMismatch'
  | 'InvalidArgument'
  | 'OutOfMemory'
  | 'EngineUnavailable'
  | 'DeviceLost'
  | 'Internal'

/** Every error that this library throws on purpose, but for the `AbortError` of a signal. */
export class TesseraError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TesseraError'
    this.code = code
  }
}

/** The words of whatever was thrown. */
export function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Throws the signal's reason when it was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason
}

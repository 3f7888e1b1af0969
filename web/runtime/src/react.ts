import { useEffect, useState } from 'react'
import { Model, type ModelOptions } from './index.js'

/** How far a model is: it loads, is there, or could not be had. */
export type ModelState =
  | { readonly status: 'loading'; readonly progress: number; readonly model?: undefined; readonly error?: undefined }
  | { readonly status: 'ready'; readonly progress: 1; readonly model: Model; readonly error?: undefined }
  | { readonly status: 'failed'; readonly progress: number; readonly model?: undefined; readonly error: unknown }

const loading: ModelState = { status: 'loading', progress: 0 }

/** The model at that address, loaded once and disposed with the component. Another address or target loads another one. */
export function useModel(address: string, options: Pick<ModelOptions, 'target' | 'threads' | 'cache'> = {}): ModelState {
  const [state, setState] = useState<ModelState>(loading)
  const { target, threads, cache } = options
  useEffect(() => {
    const abort = new AbortController()
    let mine: Model | undefined
    setState(loading)
    const given = { ...(target && { target }), ...(threads !== undefined && { threads }), ...(cache && { cache }) }
    Model.load(address, {
      ...given,
      signal: abort.signal,
      onProgress: progress => {
        if (!abort.signal.aborted) setState({ status: 'loading', progress })
      },
    }).then(model => {
      if (abort.signal.aborted) return model.dispose()
      mine = model
      setState({ status: 'ready', progress: 1, model })
    }, (error: unknown) => {
      if (!abort.signal.aborted) setState({ status: 'failed', progress: 0, error })
    })
    return () => {
      abort.abort()
      mine?.dispose()
    }
  }, [address, target, threads, cache])
  return state
}

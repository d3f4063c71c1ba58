export { createFetcher } from './create-fetcher.js'
export type { FetcherOptions } from './app.module.js'
export { startFetcher } from './start.js'

export { processIo } from './io.js'
export type { Clock, Io } from './io.js'
export { run } from './main.js'

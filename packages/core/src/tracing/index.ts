export * from './context.js'
export type * from './span.js'
export * from './start-tracing.js'
export * from './traced.js'

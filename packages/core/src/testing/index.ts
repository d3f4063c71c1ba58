export * from './policies.js'
export * from './test-database.js'
export * from './touched-blocks.js'
export * from './waiting-files.js'

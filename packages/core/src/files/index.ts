export * from './file-pieces.table.js'
export * from './files.js'
export * from './refusal.js'
export * from './source-file.table.js'

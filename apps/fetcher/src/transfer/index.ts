export type { HashName } from '../hashing/hash-threads.js'
export { type FileTransfer, transferFile, type UploadPlace } from './file-transfer.js'

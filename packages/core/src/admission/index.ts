export * from './admission.js'

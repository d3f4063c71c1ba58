export * from './admission.js'
export type { GateSources } from './gate-sources.js'
export type { Applicant, Finding } from './gates.js'
export * from './admission.module.js'

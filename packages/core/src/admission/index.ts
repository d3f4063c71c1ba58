export * from './admission.js'
export type { Applicant, Finding, GateName } from './gates.js'

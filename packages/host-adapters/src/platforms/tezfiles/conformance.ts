import { keep2shareConformance } from '../../dialects/keep2share/conformance.js'
import { fake } from './fake.js'
import { platform } from './index.js'

export const conformance = keep2shareConformance(platform, fake)

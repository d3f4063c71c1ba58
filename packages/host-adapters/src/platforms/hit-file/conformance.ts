import * as turbobit from '../../dialects/turbobit/conformance.js'
import { site } from './index.js'

export const conformance = turbobit.conformance(site)

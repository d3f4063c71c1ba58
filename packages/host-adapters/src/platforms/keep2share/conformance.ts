import * as keep2share from '../../dialects/keep2share/conformance.js'
import { site } from './index.js'

export const conformance = keep2share.conformance(site)

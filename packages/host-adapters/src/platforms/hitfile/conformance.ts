import { conformanceOf } from '../../dialects/turbobit/conformance.js'
import { site } from './index.js'

export const conformance = conformanceOf(site)

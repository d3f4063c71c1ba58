import { conformanceOf } from '../../dialects/xfilesharing/conformance.js'
import { site } from './index.js'

export const conformance = conformanceOf(site)

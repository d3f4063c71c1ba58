import { describeQuarantine } from './quarantine.js'

describeQuarantine('production')

import { describeQuarantine } from './quarantine.js'

describeQuarantine('embedded')

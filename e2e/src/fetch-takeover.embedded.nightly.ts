import { describeTakeover } from './fetch-takeover.js'

describeTakeover('embedded')

import { describeJourney } from './journey.js'

describeJourney('embedded')

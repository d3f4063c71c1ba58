import { describeTrouble } from './fetch-trouble.js'

describeTrouble('embedded')

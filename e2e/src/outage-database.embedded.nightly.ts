import { describeDatabaseOutage } from './outage-database.js'

describeDatabaseOutage('embedded', ['cut', 'blackHole'])

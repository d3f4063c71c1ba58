import { keep2shareFake } from '../../dialects/keep2share/fake.js'

export const fake = keep2shareFake('fileboom.me')

import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import * as rapidgator from '../../dialects/rapidgator/conformance.js'
import type { RapidGatorKnobs } from '../../dialects/rapidgator/fake.js'
import { site } from './index.js'

const MINUTE = 60_000
const PAUSE = 'Conflict. Delay between downloads must be not less than 60 minutes.'

const { api, link } = rapidgator
const dialect = rapidgator.conformance(site)

export const conformance: PlatformConformance<RapidGatorKnobs> = {
  ...dialect,
  links: [
    {
      kind: 'file',
      spellings: [
        'https://alfafile.net/file/aB3d',
        'http://www.alfafile.net/file/aB3d/',
        'HTTPS://ALFAFILE.NET./FILE/aB3d/a%20b.bin?x=1#y',
        'https://user:pass@alfafile.net:443/file/aB3d/%ff',
      ],
    },
    { kind: 'file', spellings: ['https://alfafile.net/file/Ab3D'] },
  ],
  foreign: [
    'https://alfafile.net/',
    'https://alfafile.net/file/',
    'https://alfafile.net/file/a-b',
    'https://alfafile.net/folders/aB3d',
    'https://a1.alfafile.net/dl/aB3d/a.bin',
    'https://alfafile.net.example.com/file/aB3d',
    'https://notalfafile.net/file/aB3d',
  ],
  refusals: [
    ...dialect.refusals,
    given.state(
      'resolve',
      'second download too soon',
      ({ knobs }) => {
        knobs.answers['file/download'] = {
          status: 200,
          body: { response: null, status: '409', details: `${PAUSE} Try again in 12 minutes.` },
        }
      },
      'ACCOUNT_QUOTA',
      12 * MINUTE,
    ),
    api('file/download', 409, PAUSE, 'ACCOUNT_QUOTA', 60 * MINUTE),
    api('file/download', 409, 'Conflict. Temporarily unavailable', 'HOST_TEMP', 10 * MINUTE),
    api('file/info', 500, 'Error', 'HOST_TEMP'),
    api('file/info', 503, 'Error', 'HOST_DOWN'),
    link(503, '', 'HOST_DOWN'),
  ],
}

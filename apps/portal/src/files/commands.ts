import type { ListedLink } from '@obb/contracts'

/** `text` as one word of a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Commands that download a file; each goes on where it was broken off. */
export const COMMANDS = {
  curl: ({ link }: ListedLink) => `curl -fL -C - --remote-name --remote-header-name ${quoted(link ?? '')}`,
  aria2c: ({ link, maxchunks }: ListedLink) => {
    const connections = Math.min(16, maxchunks)
    return `aria2c -c -x ${connections} -s ${connections} ${quoted(link ?? '')}`
  },
  wget: ({ link }: ListedLink) => `wget -c --content-disposition ${quoted(link ?? '')}`,
} as const

type CommandName = keyof typeof COMMANDS
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]

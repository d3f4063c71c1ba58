import { Button, Menu } from '@mantine/core'
import { CopyButton } from '../shared/copy.js'
import { save } from '../shared/save.js'
import { m } from '../shared/text.js'
import { COMMANDS, COMMAND_NAMES } from './commands.js'
import { CopyMenuItem } from './copy-menu-item.js'
import { type ReadyLink, linkList, metalink } from './exports.js'

/** What several files are handed on as. */
export function SelectedMenu({ links }: { links: readonly ReadyLink[] }) {
  const isNone = links.length === 0
  return (
    <>
      <CopyButton disabled={isNone} label={m.copy_links()} text={() => linkList(links).trimEnd()} />
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <Button disabled={isNone} size="xs" variant="default">
            {m.hand_on()}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{m.save_as()}</Menu.Label>
          <Menu.Item onClick={() => save('obb-links.txt', 'text/plain', [linkList(links)])}>
            {m.save_links()}
          </Menu.Item>
          <Menu.Item onClick={() => save('obb.meta4', 'application/metalink4+xml', [metalink(links)])}>
            {m.save_metalink()}
          </Menu.Item>
          <Menu.Label>{m.copy_as()}</Menu.Label>
          {COMMAND_NAMES.map((name) => (
            <CopyMenuItem key={name} label={name} text={() => links.map(COMMANDS[name]).join('\n')} />
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

import { Text } from '@mantine/core'
import type { SettingView } from '@obb/contracts'
import { valueText } from './setting-texts.js'

export function Value({ setting }: { setting: SettingView }) {
  const text = valueText(setting)
  return setting.value === null ? (
    <Text c="dimmed" size="sm">
      {text}
    </Text>
  ) : (
    <code style={{ overflowWrap: 'anywhere' }}>{text}</code>
  )
}

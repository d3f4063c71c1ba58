import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { onSignedOut } from '../api/call.js'
import { queryClient } from '../api/query-client.js'
import { sessionQuery } from '../session/session.js'
import type { Language } from '../api/portal-types.js'
import { LanguageContext, currentLanguage, setLanguage } from '../shared/text.js'
import { router } from './router.js'
import { styleNonce } from './security.js'
import { theme, variables } from './theme.js'

onSignedOut(() => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }))

export function App() {
  const [language, show] = useState<Language>(currentLanguage)
  useEffect(() => setLanguage(language), [language])
  const change = (next: Language) => {
    setLanguage(next)
    show(next)
  }
  return (
    <MantineProvider
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      theme={theme}
    >
      <QueryClientProvider client={queryClient}>
        <LanguageContext value={change}>
          {/* A change of language draws everything anew. */}
          <RouterProvider key={language} router={router} />
        </LanguageContext>
      </QueryClientProvider>
    </MantineProvider>
  )
}

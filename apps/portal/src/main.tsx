import './shell/styles.js'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './shell/app.js'
import { trustTexts } from './shell/security.js'

trustTexts()
const root = document.getElementById('portal')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

import { createRoot } from 'react-dom/client'

const root = document.getElementById('portal')
if (root) createRoot(root).render(<h1>OBB</h1>)

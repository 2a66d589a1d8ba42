import './workers.js'
import './styles.css'

import { createRoot } from 'react-dom/client'

import { Playground } from './playground.jsx'

const described = (name) => document.querySelector(`meta[name="${name}"]`).content

createRoot(document.getElementById('playground')).render(
  <Playground
    network={described('network')}
    demonstration={described('demonstration') === 'yes'}
    documented={described('documented') === 'yes'}
  />,
)

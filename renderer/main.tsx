import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { App } from './app/app.tsx';
import { navigate } from './app/route.ts';
import { EngineLink } from './bridge/engine-link.ts';
import { createStreams, onNavigationAsked } from './bridge/window-bridge.ts';
import { runSession } from './state/session.ts';
import { startTheme } from './state/theme.ts';
import { startZoom } from './state/zoom.ts';
import './ui/theme.css';

// The content security policy forbids compiling code at run time; zod must not try.
config({ jitless: true });
startTheme();
startZoom();
onNavigationAsked(navigate);

const session = new AbortController();
void runSession(new EngineLink(createStreams()), session.signal);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

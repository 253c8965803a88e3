import '../contentSecurity';

import { panelHostProtocol, panelViewProtocol } from '../../shared/panelProtocol';
import { connect } from '../../shared/rpc/connect';
import { serve } from '../../shared/rpc/serve';
import { registerControls } from '../components/controls';
import { type MessagePoster, vscodePipe } from '../vscodePipe';
import { AttributionPanel, type Memory } from './attributionPanel';

declare function acquireVsCodeApi(): Memory & MessagePoster;

registerControls();
const panel = document.querySelector('clipsight-attribution');
if (panel instanceof AttributionPanel) {
  const vscode = acquireVsCodeApi();
  const pipe = vscodePipe(vscode);
  serve(pipe, 'panel-view', panelViewProtocol, {
    show: (state) => {
      panel.show(state);
    },
  });
  panel.connectTo(connect(pipe, 'panel-host', panelHostProtocol).remote, vscode);
}

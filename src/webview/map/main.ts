import '../contentSecurity';

import { mapHostProtocol, mapViewProtocol } from '../../shared/mapProtocol';
import { connect } from '../../shared/rpc/connect';
import { serve } from '../../shared/rpc/serve';
import { registerControls } from '../components/controls';
import { type MessagePoster, vscodePipe } from '../vscodePipe';
import { ComponentMapView } from './componentMap';

declare function acquireVsCodeApi(): MessagePoster;

registerControls();
const map = document.querySelector('clipsight-component-map');
if (map instanceof ComponentMapView) {
  const pipe = vscodePipe(acquireVsCodeApi());
  serve(pipe, 'map-view', mapViewProtocol, {
    show: (state) => {
      map.show(state);
    },
    progress: ({ progress }) => {
      map.progress = progress;
    },
  });
  map.connectTo(connect(pipe, 'map-host', mapHostProtocol).remote);
}

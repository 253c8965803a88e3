import { openDoor } from '../../door';
import { deviceHandlers } from './deviceHandlers';
import { deviceProtocol } from './deviceProtocol';
import { endWithParent } from './endWithParent';

endWithParent();
openDoor('device', deviceProtocol, deviceHandlers());

import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages in other languages of operating systems and of MySQL, and older ones of PostgreSQL. */
export const TRANSLATED: readonly Signature[] = [
  means('auth-failure')`
    authentification par mot de passe … a échoué
    falló la autentificación
    autenticação do tipo senha falhou
    zugriff verweigert für benutzer
    accès refusé pour l"utilisateur
    acceso negado para usuario
    acceso denegado para usuario
    benutzer "… zugriff verweigert
  `,
  means('too-many-connections')`
    muitas conexões
  `,
  means('stale-connection')`
    die verbindung wurde vom kommunikationspartner zurückgesetzt
    connexion ré-initialisée par le correspondant
  `,
  means('connection-refused', { weight: WEIGHT.socket, needs: 'reported' })`
    verbindungsaufbau abgelehnt
    verbindung verweigert
    der zielcomputer die verbindung verweigerte
    connexion refusée
    conexión rehusada
    conexión rechazada
    denegó expresamente dicha conexión
    conexão recusada
    connessione rifiutata
    в соединении отказано
    接続を拒否されました
    拒绝连接
    연결이 거부
  `,
  means('connection-timeout', { weight: WEIGHT.socket, needs: 'reported' })`
    die wartezeit für die verbindung ist abgelaufen
    zeitüberschreitung bei der verbindung
    keine route zum zielrechner
    connexion terminée par expiration du délai
    aucun chemin d"accès pour atteindre l"hôte cible
    expiró el tiempo de conexión
    no hay ruta hacia el
    tempo esgotado para conexão
    время ожидания соединения истекло
    接続がタイムアウトしました
    连接超时
  `,
  means('dns-failure', { weight: WEIGHT.name, needs: 'reported' })`
    der name oder der dienst ist nicht bekannt
    name oder dienst nicht bekannt
    temporärer fehler bei der namensauflösung
    nom ou service inconnu
    nombre o servicio desconocido
    это имя или служба неизвестна
    未知的名称或服务
  `,
];

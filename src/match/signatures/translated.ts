import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of servers and operating systems in languages other than English. */
export const TRANSLATED: readonly Signature[] = [
  means('auth-failure')`
    passwort-authentifizierung für benutzer … fehlgeschlagen
    authentification par mot de passe échouée
    authentification par mot de passe … a échoué
    la autentificación password falló
    falló la autentificación
    autenticação do tipo senha falhou
    autenticazione con password fallita
    пользователь "… не прошёл проверку подлинности
    のパスワード認証に失敗しました
    用户 "… password 认证失败
    rolle "… existiert nicht
    datenbank "… existiert nicht
    le rôle "… n"existe pas
    la base de données "… n"existe pas
    no existe el rol
    no existe la base de datos
    zugriff verweigert für benutzer
    accès refusé pour l"utilisateur
    acceso negado para usuario
    acceso denegado para usuario
    benutzer "… zugriff verweigert
  `,
  means('too-many-connections')`
    zu viele verbindungen
    schon zu viele
    trop de clients sont déjà connectés
    trop de connexions
    ya tenemos demasiados clientes
    demasiadas conexiones
    muitas conexões
    troppe connessioni
    слишком много клиентов
    現在クライアント数が多すぎます
    已经有太多的客户
  `,
  means('server-not-ready')`
    das datenbanksystem startet
    das datenbanksystem fährt herunter
    das datenbanksystem ist im wiederherstellungsmodus
    le système de bases de données se lance
    le système de base de données s"arrête
    el sistema de base de datos está iniciándose
    el sistema de base de datos está apagándose
    система баз данных запускается
    データベースシステムは起動処理中です
    数据库系统启动中
  `,
  means('stale-connection')`
    verbindung wird abgebrochen aufgrund von anweisung des administrators
    arrêt des connexions suite à la demande de l"administrateur
    terminando la conexión debido a una orden del administrador
    закрытие подключения по команде администратора
    管理者コマンドにより接続を終了しています
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
    konnte hostnamen "
    n"a pas pu traduire le nom d"hôte
    no se pudo traducir el nombre
    это имя или служба неизвестна
    未知的名称或服务
  `,
  means('lock-contention')`
    verklemmung (deadlock) entdeckt
    interblocage (deadlock) détecté
    se ha detectado un deadlock
  `,
  means('migration')`
    relation "… existiert nicht
    la relation "… n"existe pas
    no existe la relación
    отношение "… не существует
  `,
  means('query-timeout')`
    storniere anfrage wegen zeitüberschreitung
    annulation de la requête à cause du délai
    cancelando la sentencia debido a
  `,
];

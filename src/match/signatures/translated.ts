import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages in other languages of operating systems and of MySQL, and older ones of PostgreSQL. */
export const TRANSLATED: readonly Signature[] = [
  means('auth-failure')`
    authentification par mot de passe … a échoué
    falló la autentificación
    autenticação do tipo senha falhou
    zugriff verweigert für benutzer
    accès refusé pour l"utilisateur
    accesso non consentito per l"utente
    toegang geweigerd voor gebruiker
    отказано в доступе для пользователя
    доступ запрещён пользователю
    доступ закрыт для пользователя
    用户 … 访问被拒绝
    拒绝用户
    ユーザー … を アクセスを 拒否
    ユーザー"… のアクセスは拒否
    acesso negado para o usuário
    przystęp dla użytkownika
    anslutning nekad
    accès refusé pour l"utilisateur
    acceso negado para usuario
    acceso denegado para usuario
    benutzer "… zugriff verweigert
    hat keine zugriffsberechtigung
    データベースへのアクセスを拒否
    ユーザー … を拒否します
    사용자는 … 접근이 거부
    用户无权访问 | 无权访问数据库
    доступ заборонено для користувача
    är ej berättigad att
    k databázi … není povolen
    acesso negado para o usuário
    unbekannte datenbank | onbekende database | nieznana baza danych | neznámá databáze | okänd databas
    は不明なデータベースです | 데이타베이스 … 알수 없음 | 未知数据库
    base de datos … desconocida | banco de dados … desconhecido | неизвестная база данных | невідома база данних
    hat keine berechtigung, sich mit | 接続は許可されていません | 접속할 허가를 받지 못했습니다 | 不允许连接到此
    n"est pas authorisé à se connecter à ce serveur | no está autorizado a conectar con este servidor
    não tem permissão para se conectar com este servidor
    заблокирован из-за слишком большого количества ошибок соединени
    wegen zu vieler verbindungsfehler | 너무 많은 연결오류 | 接続エラーが多いため | 由于许多连接错误
  `,
  means('too-many-connections', { needs: 'not-foreign' })`
    muitas conexões
    zu viele verbindungen
    trop de connexions
    demasiadas conexiones
    troppe connessioni
    слишком много соединений
    连接数过多
    连接过多
    太多连接
    接続が多すぎます
    너무 많은 연결
    excesso de conexões
    te veel verbindingen
    för många anslutningar
    příliš mnoho spojení
    забагато з"єднань
  `,
  means('server-not-ready', { needs: 'not-foreign' })`
    der server wird heruntergefahren | arrêt du serveur en cours | desconexión de servidor en proceso | shutdown del server in corso
    サーバーをシャットダウン中 | server가 셧다운 | 服务器正在关闭 | сервер находится в процессе остановки
  `,
  means('lock-contention', { needs: 'not-foreign' })`
    beim warten auf eine sperre | timeout sur l"obtention du verrou | tiempo de espera de bloqueo excedido | scaduto il timeout per l"attesa del lock
    ロック待ちがタイムアウト | 锁等待超时 | таймаут ожидания блокировки | lock wacht tijd overschreden
    ist ein deadlock aufgetreten | deadlock découvert | encontrado estancamiento (deadlock) | trovato deadlock | デッドロックが検出 | 试图锁定时发现僵局 | возникла тупиковая ситуация
  `,
  means('stale-connection')`
    die verbindung wurde vom kommunikationspartner zurückgesetzt
    conexión reinicializada por la máquina remota
    conexão fechada pela outra ponta
    connessione interrotta dal corrispondente
    соединение разорвано другой стороной
    połączenie zerwane przez drugą stronę
    接続が相手からリセットされました
    连接被对方重设
    连接被对端重置
    連線被對方重設
    상대편이 연결을 끊음
    bağlantı karşıdan kesildi
    spojení zrušeno druhou stranou
    vom remotehost geschlossen
    forcée par l"hôte distant
    interrumpir por el host remoto
    удаленный хост принудительно разорвал
    远程主机强迫关闭了一个现有的连接
    リモート ホストに強制的に切断
    datenübergabe unterbrochen (broken pipe)
    relais brisé (pipe)
    обрыв канала
    connexion ré-initialisée par le correspondant
  `,
  means('connection-refused', { weight: WEIGHT.socket, needs: 'reported' })`
    verbindungsaufbau abgelehnt
    la conexión fue rechazada
    połączenie odrzucone
    verbinding is geweigerd
    bağlantı reddedildi
    spojení odmítnuto
    förbindelsen förvägrad
    з"єднанні відмовлено
    连接被拒绝
    連線被拒絕
    连接已被拒绝
    目标计算机积极拒绝
    目標電腦拒絕連線
    対象のコンピューターによって拒否
    l"ordinateur cible l"a expressément refusée
    la máquina de destino la rechazó
    конечный компьютер отверг запрос
    computer di destinazione
    a máquina de destino as recusou ativamente
    대상 컴퓨터에서 연결을 거부
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
    das netzwerk ist nicht erreichbar
    delai d"attente de la connexion dépassé
    délai d"attente dépassé lors de la connexion
    no existe ninguna ruta hasta el
    la red es inaccesible
    le réseau n"est pas accessible
    não há rota para o host
    nessun instradamento per l"host
    connessione scaduta
    нет маршрута до узла
    сеть недоступна
    przekroczony czas oczekiwania na połączenie
    brak trasy do hosta
    没有到主机的路由
    网络不可达
    連線超過時間
    連線逾時
    ホストへの経路がありません
    연결 시간 초과
    bağlantıda zaman aşımı
    verbinding is verlopen
    接続がタイムアウト
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
    échec temporaire dans la résolution du nom
    fallo temporal en la resolución del nombre
    falha temporária na resolução de nome
    errore temporaneo nella risoluzione del nome
    временный сбой в разрешении имен
    域名解析暂时失败
    名前解決に一時的に失敗しました
    nome ou serviço desconhecido
    nome o servizio sconosciuto
    неизвестное имя или служба
    名前またはサービスが不明です
    名稱或服務未知
    이름 혹은 서비스를 알 수 없습니다
    ta nazwa lub usługa jest nieznana
    naam of dienst is niet bekend
    zu diesem hostnamen gehört keine adresse
    aucune adresse associée avec le nom de l"hôte
    der angegebene host ist unbekannt
    hôte inconnu
    host desconocido
    不知道这样的主机
    このようなホストは不明です
    этот хост неизвестен
    name oder dienst nicht bekannt
    temporärer fehler bei der namensauflösung
    nom ou service inconnu
    nombre o servicio desconocido
    это имя или служба неизвестна
    未知的名称或服务
  `,
];

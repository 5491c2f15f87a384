package dev.skein.node.observe;

import java.util.List;

/** Every metric of Skein's own: its name, its labels and what it tells. {@code docs/metrics.md} holds the same. */
enum MetricName {
    MESSAGES_RECEIVED(
            "skein.messages.received",
            Type.COUNTER,
            "PUBLISH packets taken from clients and the control API, by the QoS that they came with.",
            Label.INSTANCE,
            Label.PARENT_TOPIC,
            Label.QOS),
    MESSAGES_RECEIVED_BYTES(
            "skein.messages.received.bytes",
            Type.COUNTER,
            "Bodies of the received messages, in bytes.",
            Label.INSTANCE,
            Label.PARENT_TOPIC),
    DELIVERIES(
            "skein.deliveries",
            Type.COUNTER,
            "Messages written to a subscriber, one for each subscriber, by the QoS of the delivery; no repeats.",
            Label.INSTANCE,
            Label.PARENT_TOPIC,
            Label.QOS),
    DELIVERIES_DROPPED(
            "skein.deliveries.dropped",
            Type.COUNTER,
            "Deliveries, or whole messages where the reason says so, that ended without reaching anybody.",
            Label.INSTANCE,
            Label.PARENT_TOPIC,
            Label.REASON),
    DELIVERIES_QUEUED(
            "skein.deliveries.queued",
            Type.GAUGE,
            "Deliveries that wait behind connections of this node; what waits in the store is not among them.",
            Label.INSTANCE),
    PUBLISH_TO_ACK(
            "skein.publish.ack",
            Type.HISTOGRAM,
            "Seconds from a QoS 1 or 2 PUBLISH to its PUBACK or PUBREC; a sample.",
            Label.INSTANCE),
    PUBLISH_TO_DELIVERY(
            "skein.publish.delivery",
            Type.HISTOGRAM,
            "Seconds from a PUBLISH to its write to one subscriber on the same node; a sample.",
            Label.INSTANCE),
    PUBLISHERS_HELD(
            "skein.publishers.held",
            Type.GAUGE,
            "Publishers that wait now, because a receiver, or an event loop for all of its receivers, has too much"
                    + " before it already."),
    PUBLISHER_WAITS(
            "skein.publishers.waits",
            Type.SUMMARY,
            "Such waits that are over: how many, and the seconds that they took together."),
    SOCKETS("skein.sockets", Type.GAUGE, "Accepted sockets now, MQTT connections or not yet.", Label.LISTENER),
    ACCEPTS("skein.accepts", Type.COUNTER, "Accepted sockets.", Label.LISTENER),
    ACCEPTS_PAUSED(
            "skein.accepts.paused",
            Type.COUNTER,
            "Times that a listener stopped to accept for a while, because the process had no file left.",
            Label.LISTENER),
    TLS_RELOADS(
            "skein.tls.reloads",
            Type.COUNTER,
            "Certificate files that changed: `ok` are in use, `failed` could not be read and the old ones stay.",
            Label.USE,
            Label.RESULT),
    TLS_RELOAD_FAILED(
            "skein.tls.reload.failed",
            Type.GAUGE,
            "1 while the last read of the certificate files failed and older ones are in use, else 0.",
            Label.USE),
    TLS_CERTIFICATE_EXPIRES(
            "skein.tls.certificate.expires",
            Type.GAUGE,
            "When the certificate in use ends, in seconds since 1970.",
            Label.USE),
    TLS_CRL_EXPIRES(
            "skein.tls.crl.expires",
            Type.GAUGE,
            "When the first of the lists of revoked certificates in use should be replaced, in seconds since 1970.",
            Label.USE),
    LINKS_REFUSED(
            "skein.links.refused",
            Type.COUNTER,
            "Connections to the port between nodes that were refused, by the reason that the log tells.",
            Label.REASON),
    CONNECTIONS("skein.connections", Type.GAUGE, "MQTT connections now.", Label.LISTENER, Label.INSTANCE),
    CONNECTS(
            "skein.connects",
            Type.COUNTER,
            "Connections that were answered with CONNACK 0.",
            Label.LISTENER,
            Label.INSTANCE),
    CONNECTS_REFUSED(
            "skein.connects.refused",
            Type.COUNTER,
            "Connections that ended before CONNACK 0, by reason.",
            Label.LISTENER,
            Label.REASON),
    DISCONNECTS(
            "skein.disconnects",
            Type.COUNTER,
            "MQTT connections that ended, by reason.",
            Label.LISTENER,
            Label.INSTANCE,
            Label.REASON),
    HTTP_CONNECTIONS(
            "skein.http.connections",
            Type.GAUGE,
            "Connections of the control API (`http`) and of the port of the health checks (`health`) now.",
            Label.LISTENER),
    HTTP_REFUSED(
            "skein.http.connections.refused",
            Type.COUNTER,
            "HTTP connections that were refused, or closed because no whole header came, by reason.",
            Label.LISTENER,
            Label.REASON),
    CONNECTION_MEMORY(
            "skein.connection.memory.bytes",
            Type.GAUGE,
            "Bytes that all connections hold beside their own objects: partial packets, output not taken,"
                    + " and the like."),
    CONNECTION_MEMORY_MAX(
            "skein.connection.memory.max.bytes", Type.GAUGE, "What they may hold: `skein.edge.memory-max`."),
    CONNECTION_MEMORY_CLOSED(
            "skein.connection.memory.closed",
            Type.COUNTER,
            "Connections closed because they held the most when all held too much, or refused at that time."),
    SESSION_ROUTES_MEMORY(
            "skein.session.routes.bytes",
            Type.GAUGE,
            "Bytes that the subscriptions of persistent sessions take in the open route tables of the node;"
                    + " estimated."),
    SESSION_ROUTES_MEMORY_MAX(
            "skein.session.routes.max.bytes",
            Type.GAUGE,
            "What they may take before a new one is refused: an eighth of the heap. At twice that, tables do not"
                    + " open."),
    MEMORY_USED(
            "skein.memory.used.bytes",
            Type.GAUGE,
            "Bytes in use: of the `heap` what collections leave, of `direct` memory what Netty has taken.",
            Label.KIND),
    MEMORY_MAX("skein.memory.max.bytes", Type.GAUGE, "What may be in use.", Label.KIND),
    MEMORY_ALARM(
            "skein.memory.alarm",
            Type.GAUGE,
            "1 since more than `skein.memory.high` percent were in use and until it is less than `skein.memory.low`:"
                    + " connections are refused, QoS 0 is dropped, publishers wait.",
            Label.KIND),
    MEMORY_ALARMS("skein.memory.alarms", Type.COUNTER, "Times that such an alarm was raised."),
    RATE_EXCEEDED(
            "skein.rate.exceeded",
            Type.COUNTER,
            "Times that a rate of `skein.instances.<id>.rates` was exceeded: `connects` are refused, publishers of"
                    + " `messages` and of new parent `topics` wait.",
            Label.INSTANCE,
            Label.SCOPE,
            Label.KIND),
    CONNECTS_SLOWED(
            "skein.connects.slowed",
            Type.COUNTER,
            "CONNECTs that waited because their client or their address connects all the time.",
            Label.SCOPE),
    CONNECTS_SLOWED_WAITING("skein.connects.slowed.waiting", Type.GAUGE, "Such CONNECTs that wait now."),
    ADMISSION_IN_PROGRESS(
            "skein.admission.in.progress", Type.GAUGE, "What is being done of one kind of work.", Label.STAGE),
    ADMISSION_WAITING("skein.admission.waiting", Type.GAUGE, "What waits for its turn.", Label.STAGE),
    ADMISSION_WAIT(
            "skein.admission.wait",
            Type.HISTOGRAM,
            "Seconds that was waited for a turn, where there was none at once.",
            Label.STAGE),
    ADMISSIONS("skein.admissions", Type.COUNTER, "What has had its turn, at once or after a wait.", Label.STAGE),
    ADMISSIONS_REFUSED(
            "skein.admissions.refused",
            Type.COUNTER,
            "What had no turn: `full`, too many waited; `overdue`, it had waited for too long.",
            Label.STAGE,
            Label.REASON),
    PACKETS_REJECTED(
            "skein.packets.rejected",
            Type.COUNTER,
            "Packets that closed their connection because they broke a rule, by reason.",
            Label.LISTENER,
            Label.REASON),
    SESSIONS(
            "skein.sessions",
            Type.GAUGE,
            "Sessions by kind: clean ones of this node, persistent ones of the whole database.",
            Label.INSTANCE,
            Label.KIND),
    SUBSCRIPTIONS("skein.subscriptions", Type.GAUGE, "Topic filters of the sessions on this node.", Label.INSTANCE),
    SUBSCRIPTIONS_REVOKED(
            "skein.subscriptions.revoked",
            Type.COUNTER,
            "Subscriptions of sessions that ended when their clients came back: permissions do not allow them any"
                    + " more.",
            Label.INSTANCE),
    SUBSCRIPTIONS_REFUSED(
            "skein.subscriptions.refused",
            Type.COUNTER,
            "Subscriptions that got SUBACK 0x80, by reason.",
            Label.INSTANCE,
            Label.REASON),
    INSTANCE_FILTERS(
            "skein.instance.filters",
            Type.GAUGE,
            "Topic filters of all sessions of the instance, on all nodes and in the database.",
            Label.INSTANCE),
    INSTANCE_FILTERS_BYTES("skein.instance.filters.bytes", Type.GAUGE, "Characters of these filters.", Label.INSTANCE),
    ROUTES("skein.routes", Type.GAUGE, "Routes in the open route tables of this node.", Label.INSTANCE),
    ROUTE_TABLES("skein.route.tables", Type.GAUGE, "Open route tables of this node.", Label.INSTANCE),
    RETAINED(
            "skein.messages.retained",
            Type.GAUGE,
            "Retained messages of the instance in the whole database.",
            Label.INSTANCE),
    RETAINED_BYTES(
            "skein.messages.retained.bytes", Type.GAUGE, "Bytes of these messages and their topics.", Label.INSTANCE),
    RULE_RECEIVED(
            "skein.rule.received",
            Type.COUNTER,
            "Messages given to a rule on this node: by publishers, by its source, or notices.",
            Label.INSTANCE,
            Label.RULE),
    RULE_SENT(
            "skein.rule.sent",
            Type.COUNTER,
            "Messages of a rule that its target took, or that were published.",
            Label.INSTANCE,
            Label.RULE),
    RULE_REFUSED(
            "skein.rule.refused",
            Type.COUNTER,
            "Messages of a rule that can never be passed on; those that the topic for dead letters took among them.",
            Label.INSTANCE,
            Label.RULE),
    RULE_DROPPED(
            "skein.rule.dropped",
            Type.COUNTER,
            "Messages of a rule that were lost to a bound: its spool was full, or they waited too long.",
            Label.INSTANCE,
            Label.RULE),
    RULE_BACKLOG(
            "skein.rule.backlog",
            Type.GAUGE,
            "Messages in the spool of a rule on this node, about.",
            Label.INSTANCE,
            Label.RULE),
    RULE_BACKLOG_BYTES(
            "skein.rule.backlog.bytes", Type.GAUGE, "Bytes of these messages, about.", Label.INSTANCE, Label.RULE),
    RULE_FAILING(
            "skein.rule.failing",
            Type.GAUGE,
            "1 while the target or source of a rule does not work, else 0.",
            Label.INSTANCE,
            Label.RULE),
    RETAINED_REFUSED(
            "skein.messages.retained.refused",
            Type.COUNTER,
            "Messages that were delivered and acknowledged, and not retained because of a limit.",
            Label.INSTANCE),
    CLUSTER_MEMBERS("skein.cluster.members", Type.GAUGE, "Members of the cluster as this node knows it, itself too."),
    STANDSTILLS(
            "skein.standstills",
            Type.COUNTER,
            "Times that this node was stalled and held what was published until the others took it for a member."),
    LINK_PENDING_BYTES(
            "skein.link.pending.bytes",
            Type.GAUGE,
            "Bytes given to the link to another node and not yet taken by it.",
            Label.PEER),
    LINK_SEGMENTS_RESENT(
            "skein.link.segments.resent",
            Type.COUNTER,
            "Segments that were sent once more because no acknowledgement came."),
    LINK_PUSHES_LEFT_OUT(
            "skein.link.pushes.left.out",
            Type.COUNTER,
            "Stored messages that a full link did not take; their receivers read them from the store."),
    ROUTES_REMOTE("skein.routes.remote", Type.GAUGE, "Topic filters that the other nodes have live subscribers of."),
    ROUTES_PENDING(
            "skein.routes.pending",
            Type.GAUGE,
            "Changes of filters and sessions told to other nodes, or to be told, and not yet in force there."),
    ROUTES_PASSED_OVER(
            "skein.routes.passed.over",
            Type.COUNTER,
            "What a router did not take because too much waited for it; it is asked again."),
    ROUTES_REPAIRED(
            "skein.routes.repaired",
            Type.COUNTER,
            "Differences between what a node knows of another and what is there, found by the audit and put right."),
    SESSIONS_REMOTE(
            "skein.sessions.remote", Type.GAUGE, "Persistent sessions that have their connection on another node."),
    SESSIONS_RECLAIMED(
            "skein.sessions.reclaimed",
            Type.COUNTER,
            "Connections that claimed their client ID again because the node of its session's actor was gone."),
    STORE_COMMIT(
            "skein.store.commit",
            Type.SUMMARY,
            "Group commits of the message store: how many, and the seconds that they took together."),
    STORE_APPENDED("skein.store.entries.appended", Type.COUNTER, "Queue entries written to the store."),
    STORE_REMOVED("skein.store.entries.removed", Type.COUNTER, "Queue entries removed by acknowledgement."),
    STORE_FAILURES("skein.store.failures", Type.COUNTER, "Commits that failed and were tried again."),
    STORE_PENDING_BYTES("skein.store.pending.bytes", Type.GAUGE, "Bytes given to the store and not yet committed."),
    STORE_PENDING_MAX_BYTES(
            "skein.store.pending.max.bytes",
            Type.GAUGE,
            "Above so many of them publishers are not read: `skein.storage.max-pending-bytes`."),
    STORE_DISK_FREE("skein.store.disk.free.bytes", Type.GAUGE, "What the disk of the embedded store has left."),
    STORE_DISK_RESERVE("skein.store.disk.reserve.bytes", Type.GAUGE, "The mark `skein.storage.disk-reserve`."),
    STORE_DISK_LOW(
            "skein.store.disk.low",
            Type.GAUGE,
            "1 while less than that is left: publishers at QoS 1 and 2 wait whose messages the store would keep."),
    STORE_DAMAGED_ROWS(
            "skein.store.damaged.rows",
            Type.COUNTER,
            "Rows of the embedded database that are not what was written, and were set aside."),
    STORE_JOURNAL_BYTES("skein.store.journal.bytes", Type.GAUGE, "Size of the files of the embedded store's journal."),
    STORE_JOURNAL_INDEX(
            "skein.store.journal.index.bytes", Type.GAUGE, "Memory of what is in the embedded store's journal."),
    STORE_JOURNAL_FORCE(
            "skein.store.journal.force",
            Type.SUMMARY,
            "Groups that waited for the disk (`skein.storage.durability = disk`): how many, and the seconds that they"
                    + " took together."),
    STORE_JOURNAL_MOVED("skein.store.journal.moved", Type.COUNTER, "Rows that went from the journal to the tables."),
    STORE_JOURNAL_WAITS(
            "skein.store.journal.waits",
            Type.COUNTER,
            "Times that the journal was full and its writer waited for the tables."),
    STORE_JOURNAL_DAMAGES(
            "skein.store.journal.damages", Type.COUNTER, "Pieces of the journal's files that cannot be read."),
    TRACE_RECORDS("skein.trace.records", Type.COUNTER, "Records of clients and messages that were written to files."),
    TRACE_DROPPED(
            "skein.trace.dropped",
            Type.COUNTER,
            "Records that were lost: more than `skein.trace.max-rate`, `skein.trace.buffer` full, or a disk that did"
                    + " not take them."),
    TRACE_BYTES("skein.trace.bytes", Type.GAUGE, "Bytes of the files of records.");

    /** How a metric behaves. */
    enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        SUMMARY
    }

    /** Dimensions. */
    enum Label {
        INSTANCE("mqtt_instance"), // `instance` is what Prometheus calls the node
        PARENT_TOPIC("parent_topic"),
        QOS("qos"),
        REASON("reason"),
        LISTENER("listener"),
        KIND("kind"),
        RESULT("result"),
        RULE("rule"),
        SCOPE("scope"),
        USE("use"),
        PEER("peer"),
        STAGE("stage");

        private final String text;

        Label(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private final String meter;
    private final Type type;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of: it is
    private final List<Label> labels;

    MetricName(String meter, Type type, String help, Label... labels) {
        this.meter = meter;
        this.type = type;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** Name in Micrometer's notation. */
    String meter() {
        return meter;
    }

    /** Name on {@code /metrics}. */
    String exposed() {
        String base = meter.replace('.', '_');
        return switch (type) {
            case COUNTER -> base + "_total";
            case GAUGE -> base;
            case HISTOGRAM, SUMMARY -> base + "_seconds";
        };
    }

    Type type() {
        return type;
    }

    String help() {
        return help;
    }

    List<Label> labels() {
        return labels;
    }
}

package dev.skein.node.cluster;

/** Marks what may cross nodes or enter a journal; bound to the Jackson CBOR serializer. */
public interface ClusterMessage {}

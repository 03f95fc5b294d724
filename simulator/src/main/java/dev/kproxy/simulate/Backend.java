package dev.kproxy.simulate;

/// Which part of the kernel holds the rules of iptables.
///
/// Both take packets the same way but for one turn: at INPUT, `iptables-legacy` asks the table
/// security (priority 50) before sources are translated (100), `iptables-nft` after that (150).
public enum Backend {
  /// x_tables: what `iptables-legacy-save` prints.
  LEGACY,
  /// nf_tables: what `iptables-nft-save` prints, whose first line ends in `(nf_tables)`.
  NFT
}

//! Names for nodes and what a node may be in a replica.

use wincode::{SchemaRead, SchemaWrite};

/// A node of the customer's page, numbered from 1 in the order it was first read. The number
/// means nothing outside one capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, SchemaRead, SchemaWrite)]
pub struct NodeId(pub u32);

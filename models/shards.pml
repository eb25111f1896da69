/* shards.pml - one cache on a cluster: one key and the registry of its range of slots, each on one of two shards, each moving at any time
   (MAXMOVE moves). One node with a connection to either shard, one remover who follows redirects. As in reg.pml data is one version:
   mem = 0 or version + 1; tracked replies, announcements and RENEW replies of one connection travel in one stream.
   The rules (docs/coherence.md, Cluster):
     1  memory takes the key only from the connection that the range's lease is renewed on     W_CROSS switches it off
     2  a RENEW that is sent to the wrong shard ends the range's epoch: lease and memory gone   W_KEEP
     3  a late answer of an older epoch inserts nothing                                         W_NOEPOCH
     4  the remover bumps the registry where it lives, after the change was answered            W_BUMPFIRST
     5  a move takes the remover's trust in the registry                                        W_KEEPTRUST (safe if the data moves too)
   LOSEREG: a move may lose the registry's data (a failover). SILENT: the key may move without an announcement: a limit that no rule
   mends, shown to fail. SPLIT: the two slots move apart; without it they move together. */
#ifndef L
#define L 1
#endif
#ifndef MAXREM
#define MAXREM 2
#endif
#ifndef MAXMOVE
#define MAXMOVE 2
#endif
mtype={VAL,PUSH,R_REN,R_MOVED};
chan rsp[2]=[4] of {mtype,byte,byte};      /* kind, what it carries, the epoch of the range when it was asked for */
byte ko, ro;                               /* the shard of the key, and of the registry */
byte moves, db, floor, ver;
bool trk[2];
/* the node */
byte home, ep, mem, lease, rage, ack, ackn;
byte rq, rqa, rqn, rqe, rqc;               /* an outstanding RENEW: 0 none, 1 on its way, 2 executed */
/* the registry: in one place, wherever ro says */
byte nonce, seq, nn, lh; bool reg;
/* the remover */
byte rs, S, Sn, wait, rseen, rtrust; bool trust;

inline make() { if :: nonce==0 -> nn++; nonce=nn; seq=0; reg=0; lh=0 :: else fi }
inline push() { if :: trk[ko] -> rsp[ko]!PUSH,0,0; trk[ko]=0 :: else fi }
#define ROOM (len(rsp[0])<=2 && len(rsp[1])<=2)
inline end() { mem=0; lease=0; ep++ }

proctype Node() { byte a,e,c; mtype t;
  do
  :: atomic { if :: nempty(rsp[0]) -> c=0; rsp[0]?t,a,e :: nempty(rsp[1]) -> c=1; rsp[1]?t,a,e fi;
       if
#ifdef W_NOEPOCH
       :: t==VAL -> mem=a+1
#else
       :: t==VAL -> if :: e==ep -> mem=a+1 :: else fi
#endif
       :: t==PUSH -> mem=0
       :: t==R_REN -> rq=0;
          if :: e==ep -> ackn=rqn; ack=rqa; lease=((L-rage)>lease->L-rage:lease) :: else fi; rage=0; rqa=0; rqn=0
       :: t==R_MOVED -> rq=0; rage=0;
#ifdef W_KEEP
          home=1-c
#else
          if :: e==ep -> end(); home=1-c; ack=0; ackn=0 :: else fi
#endif
       fi; a=0; e=0; c=0; t=0 }
  /* renewal: sent on the home connection; carried out or redirected there */
  :: atomic { rq==0 && ep<6 -> rq=1; rqa=ack; rqn=ackn; rqe=ep; rqc=home; rage=0 }
  :: atomic { rq==1 && ROOM ->
       if
       :: ro==rqc -> make(); reg=1; lh=(rqn==nonce->rqa:0); rqn=nonce; rqa=seq; rq=2; rsp[rqc]!R_REN,0,rqe
       :: else -> rq=2; rqa=0; rqn=0; rsp[rqc]!R_MOVED,0,rqe
       fi }
  /* a tracked read; elsewhere than on its shard the key is answered with a redirect, which inserts nothing */
#ifdef W_CROSS
  :: atomic { ROOM && !trk[ko] -> trk[ko]=1; rsp[ko]!VAL,ver,ep }
#else
  :: atomic { ROOM && ko==home && !trk[ko] -> trk[ko]=1; rsp[ko]!VAL,ver,ep }
#endif
  :: atomic { lease>0 && mem>0 -> assert(mem-1>=floor) }          /* a memory hit */
  :: atomic { ep<6 && lease>0 -> end() }                          /* lost, for whatever reason */
  od }

proctype Env() {
  do
  :: d_step { if :: lease>0 -> lease-- :: else fi; if :: rq!=0 && rage<L -> rage++ :: else fi;
       if :: wait>0 -> wait-- :: else fi; if :: rseen!=0 && rtrust<L -> rtrust++ :: else fi }
  :: atomic { moves<MAXMOVE && ROOM -> moves++;
#ifdef SILENT
       trk[ko]=0;
#else
       push();
#endif
       ko=1-ko;
#ifndef SPLIT
       ro=1-ro;
#ifndef W_KEEPTRUST
       rseen=0; rtrust=0; trust=0;
#endif
#endif
     }
#ifdef SPLIT
  :: atomic { moves<MAXMOVE -> moves++; ro=1-ro;
#ifndef W_KEEPTRUST
       rseen=0; rtrust=0; trust=0;
#endif
#ifdef LOSEREG
       if :: nonce=0; seq=0; reg=0; lh=0 :: skip fi
#endif
     }
#endif
  :: atomic { nonce==0 -> make() }                                /* some other node makes the registry */
  od }

proctype Rem() {
  do
  :: atomic { rseen!=nonce -> rseen=nonce; rtrust=0 }
  :: atomic { rs==0 && db<MAXREM -> db++; rs=1 }
#ifdef W_BUMPFIRST
  :: atomic { rs==1 -> make(); seq++; S=seq; Sn=nonce; wait=L; rs=2; trust=(rseen==nonce && rtrust>=L) }
  :: atomic { rs==2 && ROOM -> ver=db; push(); rs=3 }
#else
  :: atomic { rs==1 && ROOM -> ver=db; push(); rs=2 }
  :: atomic { rs==2 -> make(); seq++; S=seq; Sn=nonce; wait=L; rs=3; trust=(rseen==nonce && rtrust>=L) }
#endif
  :: atomic { rs==3 && (wait==0 || (trust && Sn==nonce && (!reg || lh>=S))) -> rs=0; floor=db; S=0; Sn=0; wait=0; trust=0 }
  od }
init { atomic { run Node(); run Env(); run Rem() } }

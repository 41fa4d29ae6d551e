# System call (n64): number in $2, arguments in $4 to $9, result in $2; an error is positive, with $7 set.
.set noreorder

.section look, "ax"
    li $4, 1
    move $5, $29
    li $6, LOOK_STACK
    li $2, 5001             # write
    syscall
    li $4, 1
    ld $5, 8($29)
    li $6, LOOK_NAME
    li $2, 5001
    syscall
    li $4, 0
    li $2, 5058             # exit
    syscall

.section crash, "ax"
    ld $4, 0($0)
    li $4, 0
    li $2, 5058
    syscall

.section calls, "ax"
    lui $16, TABLE >> 16
    ori $16, $16, TABLE & 0xffff
    daddiu $17, $29, -SCRATCH
    li $18, -1
1:  ld $2, 0($16)
    beq $2, $18, 2f
    nop
    move $4, $18
    move $5, $18
    move $6, $18
    move $7, $18
    move $8, $18
    move $9, $18
    syscall
    beqz $7, 3f
    nop
    dsubu $2, $0, $2
3:  sd $2, 0($17)
    daddiu $16, $16, 8
    b 1b
    daddiu $17, $17, 8
2:  li $4, 1
    daddiu $5, $29, -SCRATCH
    dsubu $6, $17, $5
    li $2, 5001
    syscall
    li $4, 0
    li $2, 5058
    syscall

.section spin, "ax"
    lui $5, TABLE >> 16
    ori $5, $5, TABLE & 0xffff
    ld $6, 0($5)
    li $4, 0
1:  dsll $7, $4, 2
    daddu $4, $4, $7
    daddu $4, $4, $6
    sd $4, -16($29)
    bal 3f
    daddiu $6, $6, -1
    bnez $6, 1b
    nop
    li $4, 0
    li $2, 5058
    syscall
3:  ld $7, -16($29)
    dsrl $7, $7, 3
    jr $31
    xor $4, $4, $7
